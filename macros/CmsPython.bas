Attribute VB_Name = "CmsPython"
Option Explicit

' The way to Python: RunPython of xlwings, which stands in this workbook and needs no add-in.

Private Const MACRO As String = "import workbook_cms.forms.macro; workbook_cms.forms.macro."

Public Sub CmsAsk(ByVal request As String)
    On Error GoTo NotStarted
    RunPython MACRO & "run('" & request & "')"
    Exit Sub
NotStarted:
    MsgBox ThisWorkbook.Name & ": Python could not be started (" & Err.Description & "). What you typed is still here. " & _
        "Run workbook-cms doctor to find the cause.", vbExclamation
End Sub

Public Sub CmsOpened()
    On Error Resume Next ' who only wants to read must not be stopped; the first button tells what is wrong
    RunPython MACRO & "opened()"
End Sub

' Whether the save is to be called off. Only a workbook that has the cell cms_cancel is checked on save.
Public Function CmsStopsSave() As Boolean
    Dim book As Object, answer As Object, automatic As Boolean, onMac As Boolean
    On Error Resume Next ' a check that cannot be made stops no save
    Set book = ThisWorkbook ' as an object: Excel before 2016 knows no AutoSaveOn
    Set answer = book.Names("cms_cancel").RefersToRange
    If answer Is Nothing Then Exit Function
    automatic = book.AutoSaveOn
    If automatic Then Exit Function ' Excel saves while people type
    answer.Value = False
    RunPython MACRO & "before_save()"
    onMac = InStr(Application.OperatingSystem, "Mac") > 0
    If onMac Then Exit Function ' there Python is still running
    CmsStopsSave = CBool(answer.Value)
End Function
