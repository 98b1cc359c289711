Attribute VB_Name = "CmsKeys"
Option Explicit

' Keys while the workbook is the active one: Ctrl+Shift+S, Ctrl+Shift+F, Ctrl+Shift+N.

Public Sub CmsTakeKeys()
    Dim book As String
    On Error Resume Next ' a program without OnKey works without keys
    book = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!"
    Application.OnKey "^+s", book & "CmsSubmit"
    Application.OnKey "^+f", book & "CmsFind"
    Application.OnKey "^+n", book & "CmsNext"
End Sub

Public Sub CmsReleaseKeys()
    On Error Resume Next
    Application.OnKey "^+s"
    Application.OnKey "^+f"
    Application.OnKey "^+n"
End Sub
